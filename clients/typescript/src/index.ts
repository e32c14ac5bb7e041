/**
 * A client of Frontrow's REST API on `fetch`. Its types are those of the OpenAPI document; at run time it has no dependencies.
 *
 * A request creates one idempotency key and keeps it while it is repeated: after a broken connection, and after 429 and 503, when
 * `Retry-After` has passed. A refusal is a `ProblemError`.
 */
import { readEvents } from "./events.js";
import { ProblemError, problemOf } from "./problem.js";
import type { components, paths } from "./schema.js";

export { type Problem, ProblemError, type ProblemOf } from "./problem.js";
export type { components, paths };

/** The schemas of the API by name: `Schemas["Reservation"]`. */
export type Schemas = components["schemas"];

type Method = "get" | "post" | "put" | "patch" | "delete";
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];
type Json<Content> = Content extends { content: { "application/json": infer Body } } ? Body : never;
type Success<Responses> = Responses[keyof Responses & (200 | 201 | 202)];

/** The response body of an operation. */
export type Result<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer Responses }
  ? Json<Success<Responses>>
  : never;

/** The request body of an operation. */
export type Body<P extends keyof paths, M extends Method> = paths[P][M] extends { requestBody?: infer Request }
  ? Json<NonNullable<Request>>
  : never;

type Part<P extends keyof paths, M extends Method, In extends "path" | "query"> = paths[P][M] extends {
  parameters: { [K in In]?: infer Parameters };
}
  ? Parameters
  : never;

/** What a request consists of, besides its method and path. */
export interface Options<P extends keyof paths, M extends Method> {
  path?: Part<P, M, "path">;
  query?: Part<P, M, "query">;
  body?: Body<P, M>;
  /** The active queue token, for the requests that require one. */
  queueToken?: string;
  /** The key of this request. By default each POST has a new one, which is kept while the request is repeated. */
  idempotencyKey?: string;
  /** The version to change (`ETag`), for operators. */
  ifMatch?: string;
  signal?: AbortSignal;
}

/** The settings of a client. */
export interface Settings {
  /** The server, like `https://tickets.example`. */
  baseUrl: string;
  /** The access token of the user, or a function that returns the current one. */
  accessToken?: string | (() => string | undefined | Promise<string | undefined>);
  /** The preferred languages of problems. By default browsers send those of the user. */
  language?: string;
  /** How often a request is repeated. */
  retries?: number;
  fetch?: typeof fetch;
}

/** The state of a queue, and the operators' message to those who wait. */
export interface QueueNotice {
  state: Schemas["QueueState"];
  message: string | null;
}

/** An event of a queue token, and what is known after it. */
export interface TokenEvent {
  event: Schemas["QueueTokenEventName"];
  token: Schemas["QueueToken"];
  queue: QueueNotice | undefined;
}

const NO_RESPONSE_SECONDS = 1;

/** Creates a client. */
export function frontrow(settings: Settings) {
  const { baseUrl, retries = 5 } = settings;
  const send = settings.fetch ?? globalThis.fetch.bind(globalThis);

  async function headers(more: Record<string, string | undefined>): Promise<Headers> {
    const { accessToken, language } = settings;
    const token = typeof accessToken === "function" ? await accessToken() : accessToken;
    const all = { authorization: token && `Bearer ${token}`, "accept-language": language, ...more };
    return new Headers(Object.entries(all).filter((header): header is [string, string] => Boolean(header[1])));
  }

  /** Sends a request, and repeats it as long as that may help. */
  async function request<M extends Method, P extends PathsWith<M>>(method: M, path: P, options: Options<P, M> = {}): Promise<Result<P, M>> {
    const { body, signal } = options;
    const url = baseUrl.replace(/\/$/, "") + address(path, options.path ?? {}, options.query ?? {});
    const key = options.idempotencyKey ?? (method === "post" ? crypto.randomUUID() : undefined);
    for (let attempt = 0; ; attempt += 1) {
      let failure: unknown;
      let seconds = NO_RESPONSE_SECONDS;
      try {
        // Read for each attempt: the access token may have been replaced.
        const response = await send(url, {
          method: method.toUpperCase(),
          headers: await headers({
            "content-type": body === undefined ? undefined : "application/json",
            "queue-token": options.queueToken,
            "idempotency-key": key,
            "if-match": options.ifMatch,
          }),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal ? { signal } : {}),
        });
        if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Result<P, M>;
        const problem = await problemOf(response);
        if (response.status !== 429 && response.status !== 503) throw problem;
        failure = problem;
        seconds = problem.retryAfter ?? NO_RESPONSE_SECONDS;
      } catch (error) {
        if (error instanceof ProblemError || signal?.aborted) throw error;
        failure = error;
      }
      if (attempt >= retries) throw failure;
      await pause(seconds * 1000, signal);
    }
  }

  /**
   * Follows a queue token until it has ended: yields its state, and each change of it. Reconnects after interruptions, and continues
   * where the stream was interrupted.
   */
  async function* follow(token: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<TokenEvent> {
    let last: string | undefined;
    let state: Schemas["QueueToken"] | undefined;
    let queue: QueueNotice | undefined;
    let retry = NO_RESPONSE_SECONDS * 1000;
    for (;;) {
      try {
        const response = await send(`${baseUrl.replace(/\/$/, "")}/v1/queue-tokens/${encodeURIComponent(token)}/events`, {
          headers: await headers({ accept: "text/event-stream", "last-event-id": last }),
          ...(signal ? { signal } : {}),
        });
        if (response.status === 204) return;
        if (!response.ok || !response.body) {
          const problem = await problemOf(response);
          if (response.status !== 429 && response.status !== 503) throw problem;
          retry = (problem.retryAfter ?? NO_RESPONSE_SECONDS) * 1000;
        } else {
          for await (const event of readEvents(response.body)) {
            last = event.id ?? last;
            retry = event.retry ?? retry;
            const name = event.event as TokenEvent["event"];
            if (name === "queue") queue = JSON.parse(event.data) as QueueNotice;
            else state = JSON.parse(event.data) as Schemas["QueueToken"];
            if (state) yield { event: name, token: state, queue };
            if (event.event === "expired") return;
          }
        }
      } catch (error) {
        if (error instanceof ProblemError || signal?.aborted) throw error;
      }
      await pause(retry, signal);
    }
  }

  return {
    get: <P extends PathsWith<"get">>(path: P, options?: Options<P, "get">) => request("get", path, options),
    post: <P extends PathsWith<"post">>(path: P, options?: Options<P, "post">) => request("post", path, options),
    put: <P extends PathsWith<"put">>(path: P, options?: Options<P, "put">) => request("put", path, options),
    patch: <P extends PathsWith<"patch">>(path: P, options?: Options<P, "patch">) => request("patch", path, options),
    delete: <P extends PathsWith<"delete">>(path: P, options?: Options<P, "delete">) => request("delete", path, options),
    follow,
  };
}

/** Returns the path with its parameters, and the query. */
function address(template: string, path: object, query: object): string {
  const parameters = new Map(Object.entries(path));
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters.get(name))));
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

/** Waits, unless `signal` ends it. */
function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
