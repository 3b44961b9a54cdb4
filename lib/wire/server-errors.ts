/* The words with which servers refuse, for all who act on them. The error mapper says what each means to a caller. */

/** The server does not trust the user. */
export const mistrust =
  /^(NOAUTH|WRONGPASS|NOPERM|DENIED)\b|^ERR (invalid password|AUTH|The user executing the script)\b/;

/** The server rejects user and password. */
export const wrongLogin = /^(WRONGPASS|NOAUTH)\b|^ERR invalid password\b/;

/**
 * The server cannot answer now. It has done nothing, and the same command may succeed a little later, here or where it
 * redirects to. (BUSYGROUP and BUSYKEY are other words, and mean something else.)
 */
export const notNow =
  /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|UNBLOCKED (force|client))\b|^ERR max number of clients\b/;

/** A node refuses a call that another one may accept, or this one a little later. It has done nothing. */
export const elsewhere = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|UNBLOCKED force)\b/;

/** Some of the keys are on one node and some on another, because their slot is being moved. */
export const keysApart = /^TRYAGAIN\b/;

/** The cluster does not serve the slot, or no slot at all. */
export const clusterDown = /^CLUSTERDOWN\b/;

/** The server is a replica: said to a write, to a read while it has lost its primary, to a blocking command. */
export const fromReplica = /^(READONLY|MASTERDOWN|UNBLOCKED force)\b|^ERR Error running script .*-READONLY\b/;

/** A wait has ended because the server became a replica. */
export const endedWait = /^(UNBLOCKED force|READONLY)\b/;

/** The stream already has a group of this name. The words may follow the name of the command. */
export const groupExists = /\bBUSYGROUP\b/;

/** The server lacks the command. */
export const unknownCommand = /^ERR unknown (sub)?command/i;

/** The server does not know a script by its digest. An error that a script returns may begin with the same word. */
export const unknownScript = /^NOSCRIPT No matching script\b/;

/** The error is about one command only: the connection is fine. */
export const ofOneCommand = /unknown (sub)?command|wrong number of arguments|^NOPERM\b/i;

const unavailable = /^NOPERM\b|\bunknown (sub)?command\b|\bnot (allowed|supported|available)\b/i;

/** Whether the server lacks the command, or denies it to this user: asking again would give the same answer. */
export const isUnavailable = (error: unknown): boolean => isError(error, unavailable);

/** Whether the key holds another type than the command works on. */
export const isWrongType = (reply: unknown): boolean => isError(reply, /^WRONGTYPE\b/);

/** Whether the keys of the command are in several slots. */
export const isCrossSlot = (reply: unknown): boolean => isError(reply, /^CROSSSLOT\b/);

const isError = (reply: unknown, words: RegExp): boolean => reply instanceof Error && words.test(reply.message);

/** When a server discards a whole transaction, this text precedes the reason, which may be any other reply. */
const discarded = /^EXECABORT Transaction discarded because of: /;

/** The reason that a server gives, without the text around it. */
export const reasonIn = (message: string): string => message.replace(discarded, '');
