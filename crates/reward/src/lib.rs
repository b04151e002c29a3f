//! A settled step in, named reward terms out.
