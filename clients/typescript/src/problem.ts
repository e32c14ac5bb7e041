import type { components } from "./schema.js";

/** Any problem document, discriminated by `code`. */
export type Problem = components["schemas"]["Problem"];

/** A problem with this code. */
export type ProblemOf<Code extends Problem["code"]> = Extract<Problem, { code: Code }>;

/** A request that was refused, or that failed. `message` is written for people: it is the problem's `detail`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problem: Problem,
    /** The seconds after which to repeat the request, if the response has `Retry-After`. */
    readonly retryAfter: number | undefined,
  ) {
    super(problem.detail);
  }

  get code(): Problem["code"] {
    return this.problem.code;
  }

  /** Whether this is a problem with `code`; then `problem` has its members. */
  is<Code extends Problem["code"]>(code: Code): this is { readonly problem: ProblemOf<Code> } {
    return this.problem.code === code;
  }
}

/** Reads the problem of a response. A response of a proxy, which isn't a problem document, becomes a problem with its status. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  const text = await response.text();
  if (response.headers.get("content-type")?.startsWith("application/problem+json")) {
    return new ProblemError(JSON.parse(text) as Problem, retryAfter);
  }
  const code = response.status >= 500 ? "UNAVAILABLE" : "MALFORMED_REQUEST";
  const detail = `The response has the status ${response.status} and is not from Frontrow.`;
  const problem = { type: "about:blank", title: response.statusText, status: response.status, detail, instance: "", code, request_id: "" };
  return new ProblemError(problem as Problem, retryAfter);
}
