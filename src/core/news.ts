// What a person is told besides the notices of ladders, each thing once: something is theirs now, a day was
// moved by somebody, a duty has nobody, a mail came back, a closure is near.

export const newsKinds = ['assigned', 'gap', 'bounced', 'not-mine', 'closure', 'unconfirmed'] as const
export type NewsKind = (typeof newsKinds)[number]

/** Ids, days and states of what happened; names and titles are read when it is told. */
export type NewsFacts = Readonly<Record<string, string | number | null>>
