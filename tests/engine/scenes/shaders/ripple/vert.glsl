#version 330

in vec3 point;
in vec2 im_coords;

out vec2 v_at;

#INSERT emit_gl_Position.glsl

void main(){
    v_at = im_coords;
    emit_gl_Position(point);
}
