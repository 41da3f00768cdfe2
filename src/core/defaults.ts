/** A table of defaults: each value with the reason for it. */
export type DefaultsTable = Readonly<
  Record<string, { readonly value: number | string; readonly because: string }>
>;
