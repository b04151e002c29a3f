//! The page's charts, on canvas.
