/** More than the analysis can follow. */
export class TooMuch extends Error {}
