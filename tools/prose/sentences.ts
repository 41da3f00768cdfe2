/** A part of a paragraph: a sentence or a word. */
export interface Part {
  readonly text: string;
  /** Where it begins in the paragraph's text. */
  readonly index: number;
}

/**
 * Unicode's sentence boundaries (UAX 29). They recognise quotes, brackets, decimal points and dots
 * in names.
 */
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** Abbreviations inside a sentence. Their dot ends no sentence. */
const ABBREVIATION = /(?:^|[\s("'[])(?:e\.g|i\.e|vs|cf|ca|approx|resp|fig|no|Mr|Mrs|Dr|St)\.$/i;

/**
 * The end of a sentence before a small letter, such as in `ioredis`. UAX 29 sees no boundary there.
 */
const END_BEFORE_SMALL_LETTER = /(?<!\.\.)[.?!]["')\]”’]*\s+(?=\p{Ll})/gu;

/** The end of an entry of a list of names and meanings, such as `refused: too few; unknown: no stock`. */
const END_OF_ENTRY = /;\s+(?=[a-z_]+: )/g;

/**
 * Splits a paragraph's text into sentences, without the white space around them.
 *
 * `Intl.Segmenter` finds the boundaries. Two corrections follow: no boundary after an abbreviation
 * or where no white space stands; a boundary before a small letter, or between two entries of a list.
 */
export function sentencesOf(text: string): readonly Part[] {
  const boundaries = new Set<number>();
  for (const { index } of segmenter.segment(text)) {
    if (/\s$/.test(text.slice(0, index))) boundaries.add(index);
  }
  for (const end of [END_BEFORE_SMALL_LETTER, END_OF_ENTRY]) {
    for (const match of text.matchAll(end)) boundaries.add(match.index + match[0].length);
  }
  const starts = [...boundaries]
    .filter((index) => !ABBREVIATION.test(text.slice(0, index).trimEnd()))
    .sort((one, other) => one - other);
  const sentences: Part[] = [];
  [0, ...starts].forEach((start, position, all) => {
    const raw = text.slice(start, all[position + 1]);
    const trimmed = raw.trim();
    if (trimmed !== "") sentences.push({ text: trimmed, index: start + raw.indexOf(trimmed) });
  });
  return sentences;
}

/** The words of a sentence: parts between white space that have a letter. */
export function wordsOf(sentence: string): readonly Part[] {
  return [...sentence.matchAll(/\S+/g)]
    .filter(([text]) => /\p{L}/u.test(text))
    .map((match) => ({ text: match[0], index: match.index }));
}
