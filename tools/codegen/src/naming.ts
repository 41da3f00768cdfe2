/** `lease_ms` -> `leaseMs` */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `due_item` -> `DueItem` */
export function pascal(name: string): string {
  const inCamel = camel(name);
  return inCamel.charAt(0).toUpperCase() + inCamel.slice(1);
}

/** JavaScript's reserved words, and names that generated modules use themselves. */
const TAKEN = new Set(
  `
  arguments await break case catch checkedName checkedScope class const continue debugger default delete do else enum eval export
  extends false finally for function if implements import in instanceof interface let new null package
  private protected public return static super switch this throw true try typeof undefined var void while
  with yield args argument bytesType choiceType createClient createScriptClient field fields flagType integerType keys lines listType lua manyLines manyLua newOperation
  optional outcome readFields recordType reply scope scripts slot slotTag tagOfSlot textType textsOf types
`
    .trim()
    .split(/\s+/),
);

/** A name that a generated module may declare: `delete` -> `delete_`. */
export function declarable(name: string): string {
  return TAKEN.has(name) ? `${name}_` : name;
}

/** The line that gives a declared name back its own outside the module; none where it has it. */
export function exported(name: string): string[] {
  return declarable(name) === name ? [] : [`export { ${declarable(name)} as ${name} };`];
}

/** `1 key`, `2 keys` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
