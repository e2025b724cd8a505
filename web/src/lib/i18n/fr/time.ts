export default {
  hours: '{h} h {m} min',
  minutes: '{m} min',
  seconds: '{s} s',
  left: 'encore {time}',
  almost: 'presque fini',
  today: 'aujourd’hui',
  yesterday: 'hier',
};
