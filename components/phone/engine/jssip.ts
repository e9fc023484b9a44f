import * as JsSIP from 'jssip';

// One file, so that the library comes as one piece and only when the phone is used.
const { UA, WebSocketInterface } = JsSIP;

export { UA, WebSocketInterface };
