//! A graph without a model.

fn main() {}
