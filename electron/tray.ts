import type { NativeImage } from 'electron'
import { Menu, Tray, nativeImage } from 'electron'

export interface TrayActions {
  readonly show: () => void
  readonly quit: () => void
}

/** The way back to an app without a window. Undefined where the desktop has no place for it. */
export function createTray(assets: string, actions: TrayActions): Tray | undefined {
  try {
    const tray = new Tray(icon(assets))
    tray.setToolTip('Murmuration')
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Murmuration', click: () => actions.show() },
        { type: 'separator' },
        { label: 'Quit', click: () => actions.quit() },
      ]),
    )
    tray.on('click', () => actions.show())
    return tray
  } catch (error) {
    console.error(`No tray icon: ${String(error)}`)
    return undefined
  }
}

/** A template image on macOS (black with transparency, recoloured by the system), the coloured mark elsewhere. */
function icon(assets: string): NativeImage {
  const name = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'
  return nativeImage.createFromPath(`${assets}/${name}`)
}
