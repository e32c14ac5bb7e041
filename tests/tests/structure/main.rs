//! Checks of the code as a whole: its layers, its API document, its guides.

mod architecture;
mod guides;
mod modules;
mod openapi;
