//! `Serialize` and `Deserialize` of the update, with bounds on the types of its fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Generics, WherePredicate, parse_quote};

use super::field::write;
use super::stored_field::StoredField;
use crate::parse::{LEFT_OUT, OVERWRITTEN, Settings, Struct};

/// `Serialize` and `Deserialize` of the update, by the serde attributes of the state.
pub(super) fn serde_impls(settings: &Settings, state: &Struct) -> TokenStream {
    let engine = &settings.engine;
    let serde = quote!(#engine::__private::serde);
    let fields = state.fields.iter().enumerate();
    let fields: Vec<_> = fields.map(|(number, field)| StoredField { settings, state, number, field }).collect();
    let writing = writing_generics(&serde, state, &fields);
    let reading = reading_generics(&serde, state, &fields);
    let functions = fields.iter().map(|field| field.functions(&writing, &reading));
    let serialize = serialize(&serde, settings, state, &writing, &fields);
    let deserialize = deserialize(&serde, settings, state, &reading, &fields);
    quote! {
        const _: () = {
            #(#functions)*
            #serialize
            #deserialize
        };
    }
}

/// The generics of the impls that write.
fn writing_generics(serde: &TokenStream, state: &Struct, fields: &[StoredField<'_>]) -> Generics {
    let mut generics = state.generics.clone();
    let stored = fields.iter().filter(|field| field.field.is_stored() && field.field.serde.write_with.is_none());
    let types = stored.flat_map(StoredField::types);
    // With the unused lifetime the compiler checks the bound only where it is used. So a state with fields that cannot be stored
    // still compiles.
    let bounds = types.map(|ty| -> WherePredicate { parse_quote!(for<'stored> #ty: #serde::Serialize) });
    let predicates = &mut generics.make_where_clause().predicates;
    predicates.extend(bounds);
    predicates.extend(state.serde.bounds.writing.clone());
    predicates.extend(fields.iter().flat_map(|field| field.field.serde.bounds.writing.clone()));
    generics
}

/// The generics of the impls that read. Their first lifetime has the name that serde gives it, because `bound` may name it.
fn reading_generics(serde: &TokenStream, state: &Struct, fields: &[StoredField<'_>]) -> Generics {
    let mut generics = state.generics.clone();
    generics.params.insert(0, parse_quote!('de));
    let stored = fields.iter().filter(|field| field.field.is_read() && field.field.serde.read_with.is_none());
    let types = stored.flat_map(StoredField::types);
    let bounds = types.map(|ty| -> WherePredicate { parse_quote!(#ty: #serde::Deserialize<'de>) });
    let predicates = &mut generics.make_where_clause().predicates;
    predicates.extend(bounds);
    predicates.extend(fields.iter().filter_map(StoredField::missing_bound));
    predicates.extend(state.serde.bounds.reading.clone());
    predicates.extend(fields.iter().flat_map(|field| field.field.serde.bounds.reading.clone()));
    generics
}

fn serialize(
    serde: &TokenStream,
    settings: &Settings,
    state: &Struct,
    writing: &Generics,
    fields: &[StoredField<'_>],
) -> TokenStream {
    let engine = &settings.engine;
    let update = format_ident!("{}Update", state.name);
    let (_, ty_generics, _) = state.generics.split_for_impl();
    let (impl_generics, _, where_clause) = writing.split_for_impl();
    let writes = fields.iter().filter(|field| field.field.is_stored()).map(StoredField::write);
    quote! {
        #[automatically_derived]
        impl #impl_generics #serde::Serialize for #update #ty_generics #where_clause {
            fn serialize<S__: #serde::Serializer>(
                &self,
                serializer: S__,
            ) -> ::core::result::Result<S__::Ok, S__::Error> {
                let mut writing = #engine::__private::UpdateWriter::begin(serializer)?;
                #(#writes)*
                writing.end()
            }
        }
    }
}

fn deserialize(
    serde: &TokenStream,
    settings: &Settings,
    state: &Struct,
    reading: &Generics,
    fields: &[StoredField<'_>],
) -> TokenStream {
    let engine = &settings.engine;
    let update = format_ident!("{}Update", state.name);
    let (_, ty_generics, _) = state.generics.split_for_impl();
    let (impl_generics, _, where_clause) = reading.split_for_impl();
    let read = fields.iter().filter(|field| field.field.is_read());
    let reads = read.clone().map(StoredField::read);
    let removed = removed(settings);
    let unknown = if state.serde.denies_unknown_fields {
        let keys = read.map(|field| &field.field.serde.read_keys[0]);
        quote!(return ::core::result::Result::Err(#serde::de::Error::unknown_field(other, &[#(#keys),*])))
    } else {
        quote!({
            let _ = other;
            reading.next_value::<#serde::de::IgnoredAny>()?;
        })
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #engine::__private::ReadUpdate<'de> for #update #ty_generics #where_clause {
            // A state that denies unknown fields and stores none has only the arm of an unknown key.
            #[allow(unreachable_code)]
            fn fill<A__: #serde::de::MapAccess<'de>>(
                &mut self,
                key: &str,
                reading: &mut A__,
            ) -> ::core::result::Result<(), A__::Error> {
                match key {
                    #(#reads)*
                    #removed
                    other => #unknown,
                }
                ::core::result::Result::Ok(())
            }
        }

        #[automatically_derived]
        impl #impl_generics #serde::Deserialize<'de> for #update #ty_generics #where_clause {
            fn deserialize<D__: #serde::Deserializer<'de>>(
                deserializer: D__,
            ) -> ::core::result::Result<Self, D__::Error> {
                #engine::__private::read(deserializer)
            }
        }
    }
}

/// The arm of the keys that only earlier versions of the program had.
fn removed(settings: &Settings) -> Option<TokenStream> {
    let engine = &settings.engine;
    let keys: Vec<_> = ["", OVERWRITTEN, LEFT_OUT]
        .iter()
        .flat_map(|prefix| settings.removed.iter().map(move |key| format!("{prefix}{key}")))
        .collect();
    let ignored = quote!(#engine::__private::serde::de::IgnoredAny);
    (!keys.is_empty()).then(|| quote!(#(#keys)|* => drop(reading.next_value::<#ignored>()?),))
}

impl StoredField<'_> {
    /// The types that a stored write of the field contains.
    fn types(&self) -> Vec<TokenStream> {
        let ty = &self.field.ty;
        match write(&self.settings.engine, self.field) {
            None => vec![quote!(#ty)],
            Some(write) => vec![quote!(#ty), write],
        }
    }
}
