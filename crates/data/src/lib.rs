//! Load and PV of a neighbourhood's homes: readers, a synthetic neighbourhood, day splits, quality reports.
