/** @typedef {import('./types.js').Problem} ProblemDocument */

/** A request that was refused, or that failed. `title` and `message` are written for people. */
export class ProblemError extends Error {
  /**
   * @param {Partial<ProblemDocument> & Record<string, any>} problem
   * @param {number | undefined} retryAfter the seconds after which to repeat the request
   */
  constructor(problem, retryAfter) {
    super(problem.detail ?? '');
    this.name = 'ProblemError';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get code() {
    return this.problem.code;
  }

  get title() {
    return this.problem.title ?? '';
  }
}

/**
 * Reads the problem of a response; a response of a proxy becomes a problem without a code.
 * @param {Response} response
 */
export async function problemOf(response) {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const problem = isProblem ? await response.json() : { title: response.statusText, detail: '', status: response.status };
  return new ProblemError(problem, retryAfter);
}
