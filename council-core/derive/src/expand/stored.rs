//! `Serialize` and `Deserialize` of the update, with bounds on the types of its fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Generics, parse_quote};

use super::field::write;
use crate::parse::{Field, Settings, Struct};

/// `Serialize` and `Deserialize` of the update. Untracked fields are neither written nor read.
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
            let change = quote!(#engine::reduce::FieldUpdate);
            quote! {
                #key => self.#name = #change::Reduce(reading.next_value()?),
                #overwritten => self.#name = #change::Overwrite(reading.next_value()?),
            }
        }
    });
    let labels = stored.iter().map(|field| keys(field).0);
    let serde = quote!(#engine::__private::serde);
    let types: Vec<_> = stored.iter().flat_map(|field| stored_types(settings, field)).collect();

    let mut writing = state.generics.clone();
    // With the unused lifetime the compiler checks the bound only where it is used. So a state with fields that cannot be stored
    // still compiles.
    writing
        .make_where_clause()
        .predicates
        .extend(types.iter().map(|ty| -> syn::WherePredicate { parse_quote!(for<'stored> #ty: #serde::Serialize) }));
    let (impl_generics, ty_generics, writing_where) = writing.split_for_impl();

    let mut reading: Generics = state.generics.clone();
    reading.params.insert(0, parse_quote!('stored));
    reading
        .make_where_clause()
        .predicates
        .extend(types.iter().map(|ty| -> syn::WherePredicate { parse_quote!(#ty: #serde::Deserialize<'stored>) }));
    let (reading_generics, _, reading_where) = reading.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #serde::Serialize for #update #ty_generics #writing_where {
            fn serialize<S__: #serde::Serializer>(
                &self,
                serializer: S__,
            ) -> ::core::result::Result<S__::Ok, S__::Error> {
                let mut writing = #engine::__private::UpdateWriter::begin(serializer)?;
                #(#writes)*
                writing.end()
            }
        }

        #[automatically_derived]
        impl #reading_generics #engine::__private::ReadUpdate<'stored> for #update #ty_generics #reading_where {
            const FIELDS: &'static [&'static str] = &[#(#labels),*];

            // Without stored fields only the arm for an unknown key is left.
            #[allow(unreachable_code)]
            fn fill<A__: #serde::de::MapAccess<'stored>>(
                &mut self,
                key: &str,
                reading: &mut A__,
            ) -> ::core::result::Result<(), A__::Error> {
                match key {
                    #(#reads)*
                    other => {
                        let fields = <Self as #engine::__private::ReadUpdate<'stored>>::FIELDS;
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

/// The types that a stored write of the field contains.
fn stored_types(settings: &Settings, field: &Field) -> Vec<TokenStream> {
    let ty = &field.ty;
    match write(&settings.engine, field) {
        None => vec![quote!(#ty)],
        Some(write) => vec![quote!(#ty), write],
    }
}
