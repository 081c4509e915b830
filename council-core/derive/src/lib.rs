//! The derive macro behind `council_core::State`: it reads the fields, checks the attributes, and writes calls of reducers.

mod expand;
mod parse;

use proc_macro::TokenStream;

/// Makes a struct the state of a graph; see the trait `State` for the attributes.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    match parse::Struct::parse(&input) {
        Ok(parsed) => expand::expand(&parsed).into(),
        Err(error) => {
            let message = error.to_compile_error();
            let stub = expand::stub(&input);
            quote::quote!(#message #stub).into()
        }
    }
}
