/** All targets, by the names of their files beside this one. */
export const TARGETS = ["sources", "keyspace", "cli", "replies", "http", "calls"] as const;
