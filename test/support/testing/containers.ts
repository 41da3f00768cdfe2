import { findEngine } from "../../../src/testing/docker/engine.js";

/** The ids of the containers that this process made, also of stopped ones. */
export async function ownContainers(): Promise<string[]> {
  const { client, testcontainers } = await findEngine();
  const { sessionId } = await testcontainers.getReaper(client);
  const filters = { label: [`${testcontainers.LABEL_TESTCONTAINERS_SESSION_ID}=${sessionId}`] };
  const list = await client.container.dockerode.listContainers({ all: true, filters });
  return list.map(({ Id }) => Id);
}

/** Those of the containers that still exist. */
export async function existing(ids: readonly string[]): Promise<string[]> {
  const { client } = await findEngine();
  const all = new Set((await client.container.dockerode.listContainers({ all: true })).map(({ Id }) => Id));
  return ids.filter((id) => all.has(id));
}
