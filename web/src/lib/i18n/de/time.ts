export default {
  hours: '{h} Std. {m} Min.',
  minutes: '{m} Min.',
  seconds: '{s} s',
  left: 'noch {time}',
  almost: 'gleich fertig',
  today: 'heute',
  yesterday: 'gestern',
};
