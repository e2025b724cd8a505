import box from './box';
import cards from './cards';
import door from './door';
import home from './home';
import recording from './recording';
import said from './said';
import shared from './shared';
import time from './time';
import tv from './tv';
import upload from './upload';

export default { box, cards, door, home, recording, said, shared, time, tv, upload };
