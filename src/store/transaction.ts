// Tells whether the code that runs now is inside a transaction, so that the database outside of it can
// refuse to be used there: on the embedded database, whose one connection is taken, it would hang for ever.

import { AsyncLocalStorage } from 'node:async_hooks'

export interface TransactionGuard {
  /** Throws inside a transaction of this database. */
  readonly refuseInside: () => void
  /** Runs the work of a transaction. What it starts and leaves running afterwards is outside again. */
  readonly inside: <T>(work: () => Promise<T>) => Promise<T>
}

export function openTransactionGuard(): TransactionGuard {
  const storage = new AsyncLocalStorage<{ open: boolean }>()
  return {
    refuseInside() {
      if (storage.getStore()?.open) {
        throw new Error('The outer database was used inside a transaction. Use the db that transact hands to its work.')
      }
    },
    async inside(work) {
      const mark = { open: true }
      try {
        return await storage.run(mark, work)
      } finally {
        mark.open = false
      }
    },
  }
}
