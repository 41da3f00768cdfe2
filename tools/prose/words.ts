/** A word that readers do not know from the field, and the field's word for it. */
export interface WordChange {
  /** All forms of the old word in small letters. A space matches any white space. */
  readonly old: readonly string[];
  /** The replacement, as the message shows it. */
  readonly use: string;
}

/**
 * Words that comments and docs must not have, in any order. The check does not search code spans.
 * To ban a word, add a row with all its forms.
 */
export const WORD_CHANGES: readonly WordChange[] = [
  { old: ["mend", "mends", "mended", "mending"], use: "fix" },
  { old: ["heed", "heeds", "heeded", "heeding"], use: "follow, or observe" },
  { old: ["hush", "hushed"], use: "clear" },
  { old: ["hopeless"], use: "non-retryable" },
  { old: ["bury", "buries", "buried"], use: "dead-letter" },
  { old: ["parked", "parking"], use: "dead-lettered" },
  { old: ["in hand"], use: "in flight" },
  { old: ["lets go of", "let go of", "letting go of"], use: "release" },
  { old: ["dearer"], use: "more expensive" },
  { old: ["asleep"], use: "idle" },
  { old: ["deaf"], use: "disconnected" },
  { old: ["stand still", "stands still", "standing still"], use: "stop, or pause" },
  { old: ["cut short"], use: "interrupted" },
];
