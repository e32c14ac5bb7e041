//! Tests of a decision, of a use case, and of sequences of commands, in a crate outside of Frontrow's workspace.

#[cfg(test)]
mod a_decision;
#[cfg(test)]
mod a_use_case;
#[cfg(test)]
mod sequences;
