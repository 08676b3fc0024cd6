//! A document cut down to what places letters, before a parser that trusts what it reads goes through it.
//!
//! Contents of pages and forms keep only the operators of [`KEPT`]; a form is drawn only if that comes to an end; what a page
//! inherits is written down in the page itself. Nothing of this changes which letters stand where.

use std::collections::BTreeMap;

use pdf_extract::{
    Dictionary, Document, Object, ObjectId, Stream,
    content::{Content, Operation},
};

/// Operators that place letters, or draw a form that does.
const KEPT: &[&str] = &["BT", "ET", "Tf", "Tj", "TJ", "'", "\"", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts", "q", "Q", "cm", "Do"];
/// Deepest nesting of forms in forms.
const DEEPEST: usize = 12;
/// Most forms that a page may come to draw, forms in forms multiplied out.
const MOST: u64 = 20_000;
/// Deepest page tree.
const DEEPEST_TREE: usize = 64;

/// A form: what it draws.
struct Form {
    operations: Vec<Operation>,
    draws: Vec<ObjectId>,
}

/// Cuts a document down.
pub(super) fn tame(document: &mut Document) {
    let forms: BTreeMap<ObjectId, Form> = document
        .objects
        .iter()
        .filter_map(|(id, object)| object.as_stream().ok().filter(|stream| is_form(stream)).map(|stream| (*id, stream)))
        .map(|(id, stream)| {
            let named = stream.dict.get(b"Resources").ok().and_then(|resources| dictionary(document, resources)).map(|r| named(document, r));
            (id, form(&stream.decompressed_content().unwrap_or_default(), &named.unwrap_or_default()))
        })
        .collect();
    let mut costs = BTreeMap::new();
    for id in forms.keys() {
        cost(*id, &forms, &mut costs, 0);
    }
    // Without forms that never end, and without what would be drawn too often.
    let fine = |id: &ObjectId| costs.get(id).is_some_and(|cost| *cost <= MOST);
    let pages: Vec<ObjectId> = document.page_iter().collect();
    let mut made = Vec::new();
    for page in pages {
        let Some(dictionary) = document.get_dictionary(page).ok() else { continue };
        let resources = inherited(document, dictionary, b"Resources").cloned();
        let media_box = inherited(document, dictionary, b"MediaBox").filter(|found| is_box(document, found)).cloned();
        let named = resources.as_ref().and_then(|found| self::dictionary(document, found)).map(|r| self::named(document, r)).unwrap_or_default();
        let mut form = form(&document.get_page_content(page).unwrap_or_default(), &named);
        let whole: u64 = form.draws.iter().map(|id| costs.get(id).copied().unwrap_or(0)).fold(0, u64::saturating_add);
        form.operations
            .retain(|operation| operation.operator != "Do" || (whole <= MOST && drawn(operation).and_then(|name| named.get(name)).is_some_and(fine)));
        made.push((page, resources, media_box, form.operations));
    }
    let tamed: Vec<(ObjectId, Vec<Operation>)> = forms
        .into_iter()
        .map(|(id, form)| if costs.get(&id).is_some_and(|cost| *cost <= MOST) { (id, form.operations) } else { (id, Vec::new()) })
        .collect();
    for (id, operations) in tamed {
        if let Some(Object::Stream(stream)) = document.objects.get_mut(&id) {
            stream.set_plain_content(Content { operations }.encode().unwrap_or_default());
        }
    }
    for (page, resources, media_box, operations) in made {
        let content = Content { operations }.encode().unwrap_or_default();
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        if let Ok(page) = document.get_object_mut(page).and_then(Object::as_dict_mut) {
            page.set("Contents", Object::Reference(content));
            page.set("Resources", resources.unwrap_or_else(|| Object::Dictionary(Dictionary::new())));
            let a4 = || Object::Array([0, 0, 595, 842].map(Object::Integer).to_vec());
            page.set("MediaBox", media_box.unwrap_or_else(a4));
            page.remove(b"ArtBox");
        }
    }
}

fn is_form(stream: &Stream) -> bool {
    stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form")
}

fn dictionary<'d>(document: &'d Document, object: &'d Object) -> Option<&'d Dictionary> {
    document.dereference(object).ok().and_then(|(_, object)| object.as_dict().ok())
}

fn is_box(document: &Document, object: &Object) -> bool {
    let Some(numbers) = document.dereference(object).ok().and_then(|(_, object)| object.as_array().ok()) else { return false };
    numbers.len() == 4 && numbers.iter().all(|number| matches!(number, Object::Integer(_) | Object::Real(_)))
}

/// What a page has, or what stands above it has for it.
fn inherited<'d>(document: &'d Document, page: &'d Dictionary, key: &[u8]) -> Option<&'d Object> {
    let mut at = page;
    for _ in 0..DEEPEST_TREE {
        if let Ok(found) = at.get(key) {
            return Some(found);
        }
        at = at.get(b"Parent").ok().and_then(|parent| dictionary(document, parent))?;
    }
    None
}

/// The forms among what resources name.
fn named(document: &Document, resources: &Dictionary) -> BTreeMap<Vec<u8>, ObjectId> {
    let Some(objects) = resources.get(b"XObject").ok().and_then(|objects| dictionary(document, objects)) else { return BTreeMap::new() };
    let form = |(name, object): (&Vec<u8>, &Object)| {
        let id = object.as_reference().ok()?;
        let stream = document.objects.get(&id)?.as_stream().ok()?;
        is_form(stream).then(|| (name.clone(), id))
    };
    objects.iter().filter_map(form).collect()
}

fn drawn(operation: &Operation) -> Option<&[u8]> {
    operation.operands.first().and_then(|name| name.as_name().ok())
}

fn form(content: &[u8], named: &BTreeMap<Vec<u8>, ObjectId>) -> Form {
    let mut operations = Content::decode(content).map(|content| content.operations).unwrap_or_default();
    operations.retain(|operation| KEPT.contains(&operation.operator.as_str()) && has_operands(operation));
    operations.retain(|operation| operation.operator != "Do" || drawn(operation).is_some_and(|name| named.contains_key(name)));
    let draws =
        operations.iter().filter(|operation| operation.operator == "Do").filter_map(|operation| named.get(drawn(operation)?).copied()).collect();
    Form { operations, draws }
}

/// Whether an operator has what it works on: the parser takes that for granted.
fn has_operands(operation: &Operation) -> bool {
    let number = |object: &Object| matches!(object, Object::Integer(_) | Object::Real(_));
    let (operands, numbers) = (&operation.operands, operation.operands.iter().filter(|operand| number(operand)).count());
    match operation.operator.as_str() {
        "Tf" => operands.len() == 2 && operands[0].as_name().is_ok() && number(&operands[1]),
        "Tj" | "'" => matches!(operands[..], [Object::String(..)]),
        "\"" => operands.len() == 3 && numbers == 2 && matches!(operands[2], Object::String(..)),
        "TJ" => matches!(&operands[..], [Object::Array(parts)] if parts.iter().all(|part| number(part) || matches!(part, Object::String(..)))),
        "Td" | "TD" => numbers == 2 && operands.len() == 2,
        "Tm" | "cm" => numbers == 6 && operands.len() == 6,
        "Tc" | "Tw" | "Tz" | "TL" | "Ts" => numbers == 1 && operands.len() == 1,
        _ => true,
    }
}

/// How many forms a form comes to draw, itself with them; [`u64::MAX`] where it never ends.
fn cost(id: ObjectId, forms: &BTreeMap<ObjectId, Form>, costs: &mut BTreeMap<ObjectId, u64>, depth: usize) -> u64 {
    if let Some(known) = costs.get(&id) {
        return *known;
    }
    let Some(form) = forms.get(&id).filter(|_| depth < DEEPEST) else { return u64::MAX };
    // Met again below itself, it is endless.
    costs.insert(id, u64::MAX);
    let mut whole = 1_u64;
    for child in &form.draws {
        whole = whole.saturating_add(cost(*child, forms, costs, depth + 1));
    }
    costs.insert(id, whole);
    whole
}
