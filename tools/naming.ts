/** `lease_ms` -> `leaseMs` */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `due_item` -> `DueItem` */
export function pascal(name: string): string {
  const inCamel = camel(name);
  return inCamel.charAt(0).toUpperCase() + inCamel.slice(1);
}

/** `1 key`, `2 keys` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
