//! What holds for the code as a whole: its layers, its API document, its guides and examples.

mod architecture;
mod examples;
mod guides;
mod openapi;
