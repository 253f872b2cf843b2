#version 330

uniform float time;
uniform float strength;

in vec2 v_at;
out vec4 frag_color;

void main(){
    float r = distance(v_at, vec2(0.5));
    float wave = 0.5 + 0.5 * sin(40.0 * r - 6.0 * time);
    frag_color = vec4(wave * strength, r, 1.0 - wave, 1.0 - smoothstep(0.4, 0.5, r));
}
