//! How the update becomes JSON and back, where all that it holds can.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Generics, parse_quote};

use super::field::write;
use crate::parse::{Field, Settings, Struct};

/// `Serialize` and `Deserialize` of the update. Fields that are untracked are neither written nor read.
pub(super) fn serde_impls(settings: &Settings, state: &Struct) -> TokenStream {
    let engine = &settings.engine;
    let update = format_ident!("{}Update", state.name);
    let stored: Vec<_> = state.fields.iter().filter(|field| !field.untracked).collect();
    let writes = stored.iter().map(|field| {
        let name = &field.name;
        let (key, overwritten) = keys(field);
        if field.is_replace() {
            quote!(writing.field(#key, &self.#name)?;)
        } else {
            quote!(writing.change(#key, #overwritten, &self.#name)?;)
        }
    });
    let reads = stored.iter().map(|field| {
        let name = &field.name;
        let (key, overwritten) = keys(field);
        if field.is_replace() {
            quote!(#key => self.#name = ::core::option::Option::Some(reading.next_value()?),)
        } else {
            let change = quote!(#engine::reduce::Change);
            quote! {
                #key => self.#name = #change::Reduce(reading.next_value()?),
                #overwritten => self.#name = #change::Overwrite(reading.next_value()?),
            }
        }
    });
    let labels = stored.iter().map(|field| keys(field).0);
    let serde = quote!(#engine::__private::serde);
    let parts: Vec<_> = stored.iter().flat_map(|field| parts(settings, field)).collect();

    let mut writing = state.generics.clone();
    // A bound over a lifetime that nobody names is not looked at before it is needed: a state whose fields cannot be stored is a
    // state nevertheless.
    writing.make_where_clause().predicates.extend(
        parts.iter().map(|part| -> syn::WherePredicate { parse_quote!(for<'stored> #part: #serde::Serialize) }),
    );
    let (impl_generics, ty_generics, writing_where) = writing.split_for_impl();

    let mut reading: Generics = state.generics.clone();
    reading.params.insert(0, parse_quote!('stored));
    reading
        .make_where_clause()
        .predicates
        .extend(parts.iter().map(|part| -> syn::WherePredicate { parse_quote!(#part: #serde::Deserialize<'stored>) }));
    let (reading_generics, _, reading_where) = reading.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #serde::Serialize for #update #ty_generics #writing_where {
            fn serialize<S__: #serde::Serializer>(
                &self,
                serializer: S__,
            ) -> ::core::result::Result<S__::Ok, S__::Error> {
                let mut writing = #engine::__private::Writing::begin(serializer)?;
                #(#writes)*
                writing.end()
            }
        }

        #[automatically_derived]
        impl #reading_generics #engine::__private::Fill<'stored> for #update #ty_generics #reading_where {
            const FIELDS: &'static [&'static str] = &[#(#labels),*];

            // Where no field is stored, nothing is read.
            #[allow(unreachable_code)]
            fn fill<A__: #serde::de::MapAccess<'stored>>(
                &mut self,
                key: &str,
                reading: &mut A__,
            ) -> ::core::result::Result<(), A__::Error> {
                match key {
                    #(#reads)*
                    other => {
                        let fields = <Self as #engine::__private::Fill<'stored>>::FIELDS;
                        return ::core::result::Result::Err(#serde::de::Error::unknown_field(other, fields));
                    }
                }
                ::core::result::Result::Ok(())
            }
        }

        #[automatically_derived]
        impl #reading_generics #serde::Deserialize<'stored> for #update #ty_generics #reading_where {
            fn deserialize<D__: #serde::Deserializer<'stored>>(
                deserializer: D__,
            ) -> ::core::result::Result<Self, D__::Error> {
                #engine::__private::read(deserializer)
            }
        }
    }
}

/// The keys of a write and of an overwrite.
fn keys(field: &Field) -> (String, String) {
    let name = field.name.unraw().to_string();
    let overwritten = format!("={name}");
    (name, overwritten)
}

/// The types of what the field's writes hold.
fn parts(settings: &Settings, field: &Field) -> Vec<TokenStream> {
    let ty = &field.ty;
    match write(&settings.engine, field) {
        None => vec![quote!(#ty)],
        Some(write) => vec![quote!(#ty), write],
    }
}
