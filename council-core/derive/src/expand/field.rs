//! One field of the update: what it holds, and how that goes into the state.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::parse::{Engine, Field, Reducer};

/// The field of the update.
pub(super) fn slot(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let doc = format!("The write to `{name}`, if there is one.");
    let slot = match write(engine, field) {
        None => quote!(::core::option::Option<#ty>),
        Some(write) => {
            let shown = engine.at(ty.span());
            quote_spanned!(ty.span()=> #shown::reduce::Change<#write, #ty>)
        }
    };
    quote!(#[doc = #doc] #visibility #name: #slot,)
}

/// The type of a write that goes through the reducer; `None` where the field is replaced.
pub(super) fn write(engine: &Engine, field: &Field) -> Option<TokenStream> {
    let ty = &field.ty;
    let item = item(ty);
    let shown = engine.at(ty.span());
    // Spelt out rather than taken from the reducer, so that a reducer that does not fit is one error, not one per use.
    Some(match &field.reducer {
        Reducer::Replace | Reducer::Concurrent(_) => return None,
        Reducer::Add | Reducer::Max | Reducer::Min => quote!(#ty),
        Reducer::Function(_) => quote!(::std::vec::Vec<#ty>),
        Reducer::Append | Reducer::Merge => quote_spanned!(ty.span()=> ::std::vec::Vec<#item>),
        Reducer::ById => {
            let write = quote_spanned!(ty.span()=> #shown::reduce::IdWrite<#item, #shown::reduce::OwnedId<#item>>);
            quote_spanned!(ty.span()=> ::std::vec::Vec<#write>)
        }
    })
}

/// How the update's field goes into the state's.
pub(super) fn apply(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, ty, .. } = field;
    match &field.reducer {
        Reducer::Replace | Reducer::Concurrent(_) => {
            quote!(if let ::core::option::Option::Some(value) = update.#name { self.#name = value; })
        }
        Reducer::Function(path) => quote!(update.#name.apply_with(#path, &mut self.#name);),
        named => {
            let marker = marker(engine, named, ty);
            let call = quote_spanned!(ty.span()=> apply::<#marker>);
            quote!(update.#name.#call(&mut self.#name);)
        }
    }
}

/// How the update's field goes into the state's where the field has had a write in this superstep, if that is another way.
pub(super) fn apply_beside(place: usize, field: &Field) -> Option<TokenStream> {
    let Field { name, reducer: Reducer::Concurrent(function), .. } = field else { return None };
    Some(quote! {
        if earlier.contains(#place) {
            if let ::core::option::Option::Some(value) = update.#name.take() { #function(&mut self.#name, value); }
        }
    })
}

/// The reducer's type in the engine; its span is the field's type, where a misfit has to be shown.
pub(super) fn marker(engine: &Engine, reducer: &Reducer, ty: &Type) -> TokenStream {
    let name = match reducer {
        Reducer::Append => "Append",
        Reducer::Add => "Add",
        Reducer::Max => "Max",
        Reducer::Min => "Min",
        Reducer::Merge => "Merge",
        Reducer::ById => "ById",
        Reducer::Replace | Reducer::Concurrent(_) | Reducer::Function(_) => return TokenStream::new(),
    };
    let name = format_ident!("{name}", span = ty.span());
    let engine = engine.at(ty.span());
    quote_spanned!(ty.span()=> #engine::reduce::#name)
}

/// What a collection holds.
pub(super) fn item(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::core::iter::IntoIterator>::Item)
}
