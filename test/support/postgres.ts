import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { afterFile } from "./cleanup.js";

/** The URL of a new database of the run's shared PostgreSQL. It is dropped after the file's last test. */
export async function freshDatabase(): Promise<string> {
  const name = `test_${randomUUID().slice(0, 8)}`;
  await onServer(`create database ${name}`);
  afterFile(() => onServer(`drop database ${name} with (force)`));
  const url = new URL(inject("databaseUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("databaseUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
