//! What holds for the code as a whole: its layers, its API document, its guides.

mod architecture;
mod guides;
mod openapi;
