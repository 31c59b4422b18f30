import { app } from './app.ts'
import { documents } from './documents.ts'
import { firstRun } from './first-run.ts'
import { health } from './health.ts'
import { home } from './home.ts'
import { machines } from './machines.ts'
import { messages } from './messages.ts'
import { settings } from './settings.ts'

/** English. */
export const en = { ...app, documents, firstRun, health, home, machines, messages, settings }
