//! The derive macro behind `council_core::State`: it reads the fields, checks the attributes, and writes calls of reducers.

mod expand;
mod parse;

use proc_macro::TokenStream;

/// Makes a struct the state of a graph; see the trait `State` for the attributes.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    let (settings, faults) = parse::Settings::parse(&input.attrs);
    match parse::Struct::parse(&input, faults) {
        Ok(state) => expand::expand(&settings, &state).into(),
        Err(error) => {
            let message = error.to_compile_error();
            let stub = expand::stub(&settings, &input);
            quote::quote!(#message #stub).into()
        }
    }
}
