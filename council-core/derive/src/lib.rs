//! The derive macro of `council_core::State`: parses the fields, checks the attributes, and generates the update.

mod expand;
mod parse;

use proc_macro::TokenStream;

/// Derives `State` for a struct. The attributes are documented at the trait `State`.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    let (settings, faults) = parse::Settings::parse(&input.attrs);
    match parse::Struct::parse(&input, &settings, faults) {
        Ok(state) => expand::expand(&settings, &state).into(),
        Err(error) => {
            let message = error.to_compile_error();
            let stub = expand::stub(&settings, &input);
            quote::quote!(#message #stub).into()
        }
    }
}
