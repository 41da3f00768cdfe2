/** Makes the keys of a tenant. */
export interface TenantKeys {
  readonly entry: (name: string) => string;
  readonly tag: (name: string) => string;
}
