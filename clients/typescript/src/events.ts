/** A server-sent event. */
export interface ServerEvent {
  event: string;
  id: string | undefined;
  data: string;
  /** The milliseconds after which to reconnect, if the event sets them. */
  retry: number | undefined;
}

/** Reads the events of a stream until it ends. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const frames = text.split("\n\n");
      text = frames.pop() ?? "";
      for (const frame of frames) {
        const event = parse(frame);
        if (event) yield event;
      }
    }
  } finally {
    // The caller may have left the loop: the connection is not needed any more.
    await reader.cancel().catch(() => undefined);
  }
}

/** Parses a frame; a comment, such as a heartbeat, is not an event. */
function parse(frame: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ""));
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  const retry = fields.get("retry");
  return { event: fields.get("event") ?? "message", id: fields.get("id"), data, retry: retry === undefined ? undefined : Number(retry) };
}
