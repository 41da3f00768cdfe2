/** A part of the text of a repair: a command, or words. */
export interface RepairPart {
  readonly text: string;
  readonly isCommand: boolean;
}

/** Splits the text of a repair. A command begins at the start, or after a comma, `, then` or `, or`. */
export function repairParts(repair: string): readonly RepairPart[] {
  return repair.split(/(, (?:then |or )?)/).map((text) => ({ text, isCommand: /^[A-Z]{3,} /.test(text) }));
}
