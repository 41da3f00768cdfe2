/** The bytes of a stream; undefined if there are more than `maxBytes`. @throws the stream's error */
export async function readBounded(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.length;
    if (size > maxBytes) {
      // The promise would wait for the other half of a cloned body.
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
}
