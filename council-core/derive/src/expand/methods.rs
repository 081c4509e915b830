//! The methods by which a node writes one field.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{PathArguments, Type};

use super::field::{item, marker};
use crate::parse::{Engine, Field, Reducer};

/// The methods by which a node writes the field.
pub(super) fn methods(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let item = item(ty);
    let bare = name.unraw().to_string();
    let write = |marker: TokenStream, value: TokenStream| {
        let call = quote_spanned!(ty.span()=> write::<#marker>);
        quote!(self.#name.#call(#value); self)
    };
    let one = match &field.reducer {
        Reducer::Replace => {
            let doc = format!("Sets `{bare}`.");
            let (argument, value) = given(ty);
            quote!(#[doc = #doc] #visibility fn #name(mut self, value: #argument) -> Self { self.#name = ::core::option::Option::Some(#value); self })
        }
        Reducer::Append | Reducer::ById => {
            let marker = marker(engine, &field.reducer, ty);
            let many = format_ident!("extend_{bare}");
            let (doc, docs) = if matches!(field.reducer, Reducer::Append) {
                (format!("Adds an item to `{bare}`."), format!("Adds items to `{bare}`."))
            } else {
                (format!("Puts an item into `{bare}`, by its id."), format!("Puts items into `{bare}`, by their ids."))
            };
            let (argument, value) = if holds_primitives(ty) {
                (item.clone(), quote!(item))
            } else {
                (quote!(impl ::core::convert::Into<#item>), quote!(item.into()))
            };
            let push = write(marker.clone(), quote!(::std::vec![#value]));
            let extend = write(marker, quote!(items.into_iter().collect()));
            quote! {
                #[doc = #doc] #visibility fn #name(mut self, item: #argument) -> Self { #push }
                #[doc = #docs] #visibility fn #many(mut self, items: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #extend }
            }
        }
        Reducer::Merge => {
            let doc = format!("Puts entries into `{bare}`.");
            let body = write(marker(engine, &field.reducer, ty), quote!(entries.into_iter().collect()));
            quote!(#[doc = #doc] #visibility fn #name(mut self, entries: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #body })
        }
        Reducer::Add | Reducer::Max => {
            let doc = if matches!(field.reducer, Reducer::Add) {
                format!("Adds to `{bare}`.")
            } else {
                format!("Sets `{bare}` if the value is greater.")
            };
            let body = write(marker(engine, &field.reducer, ty), quote!(value));
            quote!(#[doc = #doc] #visibility fn #name(mut self, value: #ty) -> Self { #body })
        }
        Reducer::Function(path) => {
            let doc = format!("Gives `{bare}` a value to reduce with `{}`.", path.to_token_stream());
            let (argument, value) = given(ty);
            quote!(#[doc = #doc] #visibility fn #name(mut self, value: #argument) -> Self { self.#name.write_with(#path, #value); self })
        }
    };
    if field.is_replace() {
        return one;
    }
    let overwrite = format_ident!("overwrite_{bare}");
    let doc = format!("Sets `{bare}` outright; wins over the other writes of the superstep.");
    let (argument, value) = given(ty);
    quote! {
        #one
        #[doc = #doc]
        #visibility fn #overwrite(mut self, value: #argument) -> Self {
            self.#name = #engine::reduce::Change::Overwrite(#value);
            self
        }
    }
}

/// What a method takes for a whole value. Primitives are taken as they are, so that a literal needs no suffix.
fn given(ty: &Type) -> (TokenStream, TokenStream) {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    let inner = text.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(&text);
    if PRIMITIVES.contains(&inner) {
        (quote!(#ty), quote!(value))
    } else {
        (quote!(impl ::core::convert::Into<#ty>), quote!(value.into()))
    }
}

/// Whether a collection holds primitives, as far as its type says so: `Vec<u64>` does. They are taken as they are too.
fn holds_primitives(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(PathArguments::AngleBracketed(given)) = path.path.segments.last().map(|last| &last.arguments) else {
        return false;
    };
    given.args.first().is_some_and(|item| PRIMITIVES.contains(&item.to_token_stream().to_string().as_str()))
}

const PRIMITIVES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char",
];
