//! Proximal policy optimisation on Burn, over any environment behind a small trait.
