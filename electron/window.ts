import type { Rectangle } from 'electron'
import { BrowserWindow, nativeTheme, screen } from 'electron'

import type { DesktopStateFile, WindowState } from './desktop-state.ts'

const DEFAULT_SIZE = { width: 1180, height: 780 }
/** Narrow enough to stand beside a browser; the page works down to it. */
const MINIMUM_SIZE = { minWidth: 360, minHeight: 420 }
/** Moving and resizing fire many times a second. */
const SAVE_DELAY_MS = 400

export interface MainWindowOptions {
  readonly preload: string
  readonly icon: string
  /** The page's origin, which the window never leaves. */
  readonly origin: string
  readonly stateFile: DesktopStateFile
}

/** Makes the one window, where and how it was left. It shows once its first frame is painted: no white flash. */
export function openMainWindow(options: MainWindowOptions): BrowserWindow {
  const { preload, icon, origin, stateFile } = options
  const left = stateFile.state.window
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...(left === undefined ? {} : visible(left)),
    ...MINIMUM_SIZE,
    show: false,
    autoHideMenuBar: true,
    title: 'Murmuration',
    icon,
    backgroundColor: background(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: true,
      safeDialogs: true,
    },
  })
  if (left?.maximised === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  keepState(window, stateFile)

  const followTheme = (): void => window.setBackgroundColor(background())
  nativeTheme.on('updated', followTheme)
  window.once('closed', () => nativeTheme.off('updated', followTheme))

  window
    .loadURL(`${origin}/`)
    .catch((error: unknown) => console.error(`The page could not be loaded: ${String(error)}`))
  return window
}

/** `--mm-page` of renderer/theme/tokens.css in both themes. */
function background(): string {
  return nativeTheme.shouldUseDarkColors ? '#0f171c' : '#f6f8f9'
}

/** The saved place, unless its screen is gone: then the size alone. */
function visible(state: WindowState): Partial<Rectangle> {
  const { x, y, width, height } = state
  const area = screen.getDisplayMatching({ x, y, width, height }).workArea
  const reachable =
    x + width > area.x + 80 && x < area.x + area.width - 80 && y >= area.y - 20 && y < area.y + area.height - 80
  return reachable
    ? { x, y, width, height }
    : { width: Math.min(width, area.width), height: Math.min(height, area.height) }
}

function keepState(window: BrowserWindow, stateFile: DesktopStateFile): void {
  let timer: NodeJS.Timeout | undefined
  const save = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return
    stateFile.update({ window: { ...window.getNormalBounds(), maximised: window.isMaximized() } })
  }
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(save, SAVE_DELAY_MS)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', save)
  window.on('closed', () => clearTimeout(timer))
}
