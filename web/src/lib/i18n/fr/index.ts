import box from './box';
import cards from './cards';
import door from './door';
import home from './home';
import recording from './recording';
import shared from './shared';
import time from './time';
import tv from './tv';
import upload from './upload';

export default { box, cards, door, home, recording, shared, time, tv, upload };
