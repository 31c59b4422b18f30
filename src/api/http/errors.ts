import { MurmurationError } from '../../base/errors.ts'

export class PortTakenError extends MurmurationError {
  constructor(port: number, options?: ErrorOptions) {
    super(
      'PORT_TAKEN',
      `Port ${port} of 127.0.0.1 is taken by another program. Choose another with --ui PORT, or give no number to have a free one picked.`,
      options,
    )
  }
}

export class PortForbiddenError extends MurmurationError {
  constructor(port: number, options?: ErrorOptions) {
    super('PORT_FORBIDDEN', `This user may not listen on port ${port}. Choose one above 1023 with --ui PORT.`, options)
  }
}

export class InterfaceMissingError extends MurmurationError {
  constructor(directory: string) {
    super('INTERFACE_MISSING', `The web interface is not in ${directory}. Build it with: npm run build`)
  }
}
