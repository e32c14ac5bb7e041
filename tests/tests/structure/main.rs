//! What holds for the code as a whole: its layers, its API document.

mod architecture;
mod openapi;
