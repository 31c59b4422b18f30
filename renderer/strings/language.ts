/** The language of the catalogue in use; numbers and dates follow it. Day before month, 24 hours. */
export const language = 'en-GB'
