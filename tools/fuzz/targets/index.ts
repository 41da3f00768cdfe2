/** All targets, by the names of their files in this folder. */
export const TARGETS = ["sources", "keyspace", "cli", "replies", "http", "storefront", "calls"] as const;
