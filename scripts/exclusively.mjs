// One set-up at a time: three terminals that start three peers would otherwise install and build over each other.
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const POLL_MS = 200
const EMPTY_MS = 2000

/**
 * Runs `work` while no other live process holds `lockFile`.
 * @template T
 * @param {string} lockFile
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function exclusively(lockFile, work) {
  mkdirSync(dirname(lockFile), { recursive: true })
  while (!take(lockFile)) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

/**
 * @param {string} lockFile
 * @returns {boolean} whether it is ours now
 */
function take(lockFile) {
  try {
    const file = openSync(lockFile, 'wx')
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (!isHeld(lockFile)) rmSync(lockFile, { force: true })
    return false
  }
}

/** @param {string} lockFile */
function isHeld(lockFile) {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'))
    // Empty: its holder is between making and writing it, or died there.
    if (holder === 0) return Date.now() - statSync(lockFile).mtimeMs < EMPTY_MS
    process.kill(holder, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
