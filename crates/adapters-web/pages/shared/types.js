/**
 * The schemas of the API, from the OpenAPI document.
 * @typedef {import('../../../../clients/typescript/src/schema.js').components['schemas']} Schemas
 */
/** @typedef {Schemas['Problem']} Problem */
/** @typedef {Schemas['Concert']} Concert */
/** @typedef {Schemas['Schedule']} Schedule */
/** @typedef {Schemas['QueueToken']} QueueToken */
/** @typedef {Schemas['Layout']} Layout */
/** @typedef {Schemas['Reservation']} Reservation */
/** @typedef {Schemas['Ticket']} Ticket */
/** @typedef {Schemas['Payment']} Payment */
/** @typedef {Schemas['WalletEntry']} WalletEntry */
/** @typedef {Schemas['Money']} Money */
/** @typedef {Schemas['Board']} Board */
export {};
