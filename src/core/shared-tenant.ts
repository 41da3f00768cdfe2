/** The tenant of keys that all tenants share: the workers of a group, the number of a queue's shards. */
export const SHARED_TENANT = "moonpath";
