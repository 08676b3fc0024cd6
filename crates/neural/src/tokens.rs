use crate::Network;

/// A text as the network sees it: parts one after another, each token with the part it is of and its bytes there.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub(crate) ids: Vec<i32>,
    /// 0 for marks and for the leading part, which no span may touch; 1, 2 … for the others.
    pub(crate) part: Vec<u8>,
    span: Vec<(u32, u32)>,
}

impl Tokens {
    /// How many.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The part of a token, and its bytes in that part.
    pub fn at(&self, token: usize) -> (u8, u32, u32) {
        let (start, end) = self.span[token];
        (self.part[token], start, end)
    }

    /// The ids, for tests against the network's makers.
    pub fn ids(&self) -> &[i32] {
        &self.ids
    }

    fn push(&mut self, id: u32, part: u8, start: u32, end: u32) {
        self.ids.push(id as i32);
        self.part.push(part);
        self.span.push((start, end));
    }

    /// Tokens `from..to`.
    pub fn slice(&self, from: usize, to: usize) -> Tokens {
        Tokens { ids: self.ids[from..to].to_vec(), part: self.part[from..to].to_vec(), span: self.span[from..to].to_vec() }
    }

    /// This and then the other.
    pub fn join(mut self, other: &Tokens) -> Tokens {
        self.ids.extend(&other.ids);
        self.part.extend(&other.part);
        self.span.extend(&other.span);
        self
    }
}

impl Network {
    /// How many tokens one scan takes.
    pub const LIMIT: usize = 512;

    /// The opening mark, then a leading part of at most `most` tokens and its end mark.
    pub fn lead(&self, text: &str, most: usize) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.push(self.mark(["[CLS]", "<s>"]), 0, 0, 0);
        let body = self.tokens(text, 0);
        tokens.join(&body.slice(0, body.len().min(most))).join(&self.end())
    }

    /// The end mark of a part.
    pub fn end(&self) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.push(self.mark(["[SEP]", "</s>"]), 0, 0, 0);
        tokens
    }

    /// A part's tokens, without marks.
    pub fn tokens(&self, text: &str, part: u8) -> Tokens {
        let mut tokens = Tokens::default();
        if let Ok(encoding) = self.tokenizer.encode(text, false) {
            for (&id, &(start, end)) in encoding.get_ids().iter().zip(encoding.get_offsets()) {
                tokens.push(id, part, start as u32, end as u32);
            }
        }
        tokens
    }

    fn mark(&self, names: [&str; 2]) -> u32 {
        names.iter().find_map(|name| self.tokenizer.token_to_id(name)).unwrap_or(0)
    }
}
