//! A proposed action in, a feasible action and the reasons for every change out.
